"""Walking aids on loan (助行器借用): an invented service, made by README "How to add a service" and by nothing else."""
