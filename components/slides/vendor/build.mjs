/** Writes marp.js and marp.licences.txt beside this file, or into another folder: `npm run vendor`. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const here = import.meta.dirname;
const target = process.argv[2] ?? here;
/** @param {string} folder */
const versionOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
const marp = versionOf("node_modules/@marp-team/marp-core");

const { outputFiles, metafile } = await esbuild.build({
  entryPoints: [join(here, "entry.js")],
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "marp",
  charset: "utf8",
  legalComments: "none", // the licences are beside it
  metafile: true,
  write: false,
});

// The script is put into a page: what would end it there, or begin a comment, is written otherwise.
const script = outputFiles[0].text.replace(/<(?=!--|\/?script)/gi, "\\x3C");
const banner = `@marp-team/marp-core ${marp}, bundled by esbuild ${esbuild.version} (licences: marp.licences.txt)`;
writeFileSync(join(target, "marp.js"), `/*! ${banner} */\n${script}`);

const PACKAGE = /^node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/;
const folders = Object.keys(metafile.inputs).flatMap((path) => path.match(PACKAGE) ?? []);
const licences = [...new Set(folders)].sort().map((folder) => {
  const name = folder.replace(/^.*node_modules\//, "");
  const file = readdirSync(folder).find((it) => /^licen[cs]e/i.test(it));
  if (!file) throw new Error(`${name} has no licence file: look at what it may be used for.`);
  return `${name} ${versionOf(folder)}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
});
writeFileSync(join(target, "marp.licences.txt"), licences.join(`\n${"-".repeat(80)}\n\n`));
