"""What a page shows, as files: CSV, XLSX, and a report of two pages as PDF."""
