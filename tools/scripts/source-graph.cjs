/**
 * Nx plugin: draws the project graph from what production code imports.
 *
 * Nx's own analysis (switched off in nx.json) counts the imports of tests too. Here a lib's tests may use `@weir/testing`,
 * which itself builds on that lib; counted as edges, these imports would close a cycle. Edges therefore come from `src` and
 * `bin` alone, and from each package.json (read by Nx itself).
 */
const { readFileSync } = require('node:fs');
const { builtinModules } = require('node:module');
const { join } = require('node:path');
const { DependencyType } = require('@nx/devkit');

const sourceFile = /(^|\/)(src|bin)\/.*\.[cm]?[jt]s$/;
const testFile = /\.(test|spec)\.ts$/;

/** `@scope/name/deep/path` and `name/deep/path` without their paths. */
function packageNameOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

exports.name = 'weir-source-graph';

exports.createDependencies = (_options, context) => {
  const projectOf = new Map();
  for (const [name, project] of Object.entries(context.projects)) {
    projectOf.set(project.metadata?.js?.packageName ?? name, name);
  }
  let ts;
  const dependencies = [];
  for (const [source, files] of Object.entries(context.filesToProcess.projectFileMap)) {
    for (const { file } of files) {
      if (!sourceFile.test(file) || testFile.test(file)) continue;
      ts ??= require('typescript');
      const text = readFileSync(join(context.workspaceRoot, file), 'utf8');
      const targets = new Set();
      for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
        if (fileName.startsWith('.') || fileName.startsWith('node:') || builtinModules.includes(fileName)) continue;
        const packageName = packageNameOf(fileName);
        const target = projectOf.get(packageName) ?? `npm:${packageName}`;
        if (target !== source && (context.projects[target] || context.externalNodes[target])) targets.add(target);
      }
      for (const target of targets) {
        dependencies.push({ source, target, sourceFile: file, type: DependencyType.static });
      }
    }
  }
  return dependencies;
};
