throw new Error("This module does not work here.");
