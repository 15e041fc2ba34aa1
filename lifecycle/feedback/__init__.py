"""What failures teach design: counted with exposure, asked for as a change, and measured afterwards."""
