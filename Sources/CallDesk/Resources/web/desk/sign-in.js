// The sign-in works without scripts; this only puts the cursor where it is needed.
const login = document.getElementById("login");
const password = document.getElementById("password");
if (login.value) password.focus();
