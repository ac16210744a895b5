"""Photos and files: taken in, checked by a worker, handed out."""
