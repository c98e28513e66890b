// Pages of records: focus goes to what a page has to say first.
import { $ } from "./shell.js";
$("[data-focus]")?.focus();
