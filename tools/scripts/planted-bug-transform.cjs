// A Jest transformer that plants a bug while a source is loaded, and leaves the rest to SWC as jest.preset.cjs does.
const { relative } = require('node:path');
const swc = require('@swc/jest');
const preset = require('../../jest.preset.cjs');

const [, options] = Object.values(preset.transform)[0];

module.exports = {
  createTransformer: ({ root, edits }) => {
    const inner = swc.createTransformer(options);
    const planted = (path, source) =>
      edits
        .filter(({ file }) => file === relative(root, path))
        .reduce((text, { find, replace }) => text.split(find).join(replace), source);
    return {
      ...inner,
      getCacheKey: undefined, // Jest's own: the bug is part of it
      process: (source, path, request) => inner.process(planted(path, source), path, request),
      processAsync: (source, path, request) => inner.processAsync(planted(path, source), path, request),
    };
  },
};
