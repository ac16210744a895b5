"""What can be measured again by one command."""
