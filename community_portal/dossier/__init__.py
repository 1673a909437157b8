"""一户一档 and 简报: one printable file of a matter, in the browser and in Word, made of sections that each service gives."""
