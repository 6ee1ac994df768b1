/** The report as Markdown, on its own and inside a document. */
import type { Report } from './report';
import { sections } from './sections';

/** The whole report. */
export function markdownOf(report: Report): string {
  const parts = Object.values(sections).flatMap((section) => section(report));
  return `${['# Bench report', provenanceOf(report), ...parts].join('\n\n')}\n`;
}

/**
 * A document with its tables renewed: what stands between `<!-- bench:NAME -->` and `<!-- /bench -->` becomes the
 * report's section without its heading. A section that did not run stays as it was.
 */
export function renewTables(document: string, report: Report): string {
  return document.replace(
    /(<!-- bench:([a-z-]+) -->\n)([\s\S]*?)(<!-- \/bench -->)/g,
    (block, open, name, _, close) => {
      const parts = name === 'run' ? ['', provenanceOf(report)] : (sections[name]?.(report) ?? []);
      return parts.length === 0 ? block : `${open}\n${parts.slice(1).join('\n\n')}\n\n${close}`;
    },
  );
}

function provenanceOf({ machine, version, startedAt, seconds, command }: Report): string {
  return (
    `Version ${version}, ${startedAt.slice(0, 16).replace('T', ' ')} UTC, \`${command}\`, ${Math.round(seconds)} s. ` +
    `${machine.cpus} cores (${machine.cpu}), ${machine.platform}, Node.js ${machine.node}; load average ${machine.load} when it began.`
  );
}
