"""What there is to say of the numbers, by the page that shows it."""
