/** docs/configuration.md, from the options themselves. */
import { optionGroups } from './configuration.js';

export function renderConfigurationDocs(): string {
  const sections = Object.entries(optionGroups).map(([title, options]) => {
    const rows = Object.values(options).map(({ key, defaultValue, format, description }) => {
      const value = format(defaultValue);
      return `| \`${key}\` | ${value === '' ? '' : `\`${value}\``} | ${description.replaceAll('|', '\\|')} |`;
    });
    return [`## ${title}`, '', '| key | default | meaning |', '|---|---|---|', ...rows].join('\n');
  });
  return `# Configuration

A key is set, later ones winning, in a YAML file (\`--config FILE\` or \`WEIR_CONF\`; keys whole or nested), by an environment variable
(\`WEIR_\` and the key in capitals, everything but letters and digits as \`_\`: \`rest.port\` is \`WEIR_REST_PORT\`), on the command line with
\`-D key=value\`, or in a job with \`env.configure(key, value)\`. \`weir config\` shows what comes of it, and from where. Durations are written
\`10 s\`, \`200 ms\`, \`5 min\`; sizes \`64 mb\`, \`20 kb\`. Keys are Flink's where the meaning is the same. Unknown keys are refused.

This page is generated from the options: \`node tools/scripts/config-docs.mjs\`; a test compares the two.

${sections.join('\n\n')}
`;
}
