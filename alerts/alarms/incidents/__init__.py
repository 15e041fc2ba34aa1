"""What happens together is one incident and one notice; what comes too fast is one flood."""
