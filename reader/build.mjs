// Builds the reader page: one HTML file with everything in it, the same bytes from the same source.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "..", "bot", "reader_page", "reader.html");

const read = (...path) => readFileSync(join(here, ...path), "utf-8");
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

async function bundle() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: here,
    entryPoints: ["src/page/main.ts"],
    bundle: true,
    format: "esm",
    legalComments: "none", // their licences stand at the end of the page
    metafile: true,
    minify: true,
    target: ["chrome100", "firefox115", "safari16"],
    write: false,
  });
  return { script: outputFiles[0].text, packages: packagesIn(Object.keys(metafile.inputs)) };
}

function packagesIn(inputs) {
  const pattern = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
  return [...new Set(inputs.map((input) => pattern.exec(input)?.[1]).filter(Boolean))].sort();
}

function licence(folder) {
  const { name, version } = JSON.parse(read(folder, "package.json"));
  return `\n${name} ${version}\n\n${read(folder, "LICENSE").trim()}\n`;
}

function policy(script, style) {
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

const { script, packages } = await bundle();
const style = read("src", "page", "page.css");
const licences = packages.map(licence).join("").trimEnd();
if (/<\/script|<!--/i.test(script) || licences.includes("-->")) throw new Error("it would end early");
const filled = { policy: policy(script, style), style, script, licences };
const page = read("src", "page", "page.html").replace(/%(\w+)%/g, (_, name) => filled[name]);
writeFileSync(target, page);
