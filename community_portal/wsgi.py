import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_portal.settings")
application = get_wsgi_application()
# What was loaded stays for ever: the collector need not walk over it again in the middle of somebody's request.
gc.collect()
gc.freeze()
# A booking leaves some 150 objects behind. Often and briefly costs as much as seldom, and nobody waits long for it.
gc.set_threshold(2_000, 10, 10)
