// Progressive enhancement only: every page works without this file. Each part is a module of its own.
import "./shell.js";
