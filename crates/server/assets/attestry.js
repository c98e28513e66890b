// Progressive enhancement only: every page works without this file. Each part is a module of its own.
import "./shell.js";
import "./palette.js";
import "./keys.js";
import "./lists.js";
import "./records.js";
import "./forms.js";
import "./guard.js";
import "./upload.js";
import "./signin.js";
import "./home.js";
import "./risks.js";
import "./soa.js";
