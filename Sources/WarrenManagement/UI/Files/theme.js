"use strict";

// Sets the colours before anything is drawn. A classic script in the head, so that no page flashes white at night.
{
  let theme = null;
  try {
    theme = localStorage.getItem("warren-theme");
  } catch {
    // Storage may be off: then the system's colours are used.
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}
