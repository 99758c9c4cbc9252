"""What is said of the numbers without a page: sentences, tables, links and files."""
