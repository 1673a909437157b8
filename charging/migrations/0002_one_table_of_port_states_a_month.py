"""The table of port states becomes one of monthly parts. It is empty: the migration before has just made it.

The columns are those that Django made; keys and indexes are those that a table in parts can have. Parts are made after every
migration, by the task of every night, and by the ingest (charging/partitions.py).
"""

from django.db import migrations

IN_PARTS = """
ALTER TABLE charging_portstatus RENAME TO charging_portstatus_whole;
CREATE TABLE charging_portstatus (LIKE charging_portstatus_whole INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (at);
DROP TABLE charging_portstatus_whole;
ALTER TABLE charging_portstatus ADD PRIMARY KEY (id, at);
ALTER TABLE charging_portstatus ADD CONSTRAINT port_status_of_a_port
    FOREIGN KEY (port_id) REFERENCES charging_port (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE charging_portstatus ADD CONSTRAINT port_status_of_a_vendor
    FOREIGN KEY (source_id) REFERENCES people_organisation (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX statuses_of_port ON charging_portstatus (port_id, at DESC);
"""
WHOLE = """
CREATE TABLE charging_portstatus_whole (LIKE charging_portstatus INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING CONSTRAINTS);
DROP TABLE charging_portstatus;
ALTER TABLE charging_portstatus_whole RENAME TO charging_portstatus;
ALTER TABLE charging_portstatus ADD PRIMARY KEY (id);
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0001_first_rows")]

    operations = [migrations.RunSQL(IN_PARTS, WHOLE)]
