"""How far coders agree with each other, and the machine with them."""
