"""Resources and policies in the emulated AWS: looked up, evaluated, scanned."""
