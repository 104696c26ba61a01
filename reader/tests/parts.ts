/** Parts reports: texts of JSON on standard input, their parts on standard output. */

import { buffer } from "node:stream/consumers";
import { partReport } from "../src/core/report_parts.ts";

const reports: { text: string; parts: string[] }[] = JSON.parse(
  (await buffer(process.stdin)).toString(),
);
process.stdout.write(JSON.stringify(reports.map(({ text, parts }) => partReport(text, parts))));
