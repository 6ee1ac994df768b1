/** The sentences of a Markdown document: of paragraphs and lists each sentence, of tables each row, of code the lines with a frame. */

/** One sentence. */
export interface Sentence {
  /** The heading that it stands under. */
  section: string;
  text: string;
  /** The paragraph, list entry or row that it is part of. */
  paragraph: string;
  /** Whether a quotation from the same section says some of it. */
  overlaps(quotation: string): boolean;
}

/** Every sentence, with blanks as one. */
export function unitsOf(markdown: string): Sentence[] {
  let section = '';
  return blocksOf(markdown).flatMap((block) => {
    const heading = /^#+ (.*)$/.exec(block);
    if (heading) {
      section = heading[1]!;
      return [];
    }
    const paragraph = block.replaceAll(/\s+/g, ' ').trim();
    return sentencesIn(paragraph).map(({ text, at }) => ({
      section,
      text,
      paragraph,
      overlaps: (quotation: string) => meets(paragraph, quotation, at, at + text.length),
    }));
  });
}

/** Whether a quotation covers ten characters of what stands between two places of a paragraph, or all of it. */
function meets(paragraph: string, quotation: string, from: number, to: number): boolean {
  for (let at = paragraph.indexOf(quotation); at >= 0; at = paragraph.indexOf(quotation, at + 1)) {
    const shared = Math.min(to, at + quotation.length) - Math.max(from, at);
    if (shared >= Math.min(10, to - from)) return true;
  }
  return false;
}

/** Headings, paragraphs, list entries, rows. A table's head and the drawings are none. */
function blocksOf(markdown: string): string[] {
  const blocks: string[] = [];
  let open = '';
  let isCode = false;
  const end = () => {
    if (open !== '') blocks.push(open);
    open = '';
  };
  const lines = markdown.split('\n');
  for (const [n, line] of lines.entries()) {
    if (line.startsWith('```')) {
      end();
      isCode = !isCode;
    } else if (isCode || line.trim() === '') {
      end();
    } else if (line.startsWith('|')) {
      end();
      const isHead = /^\|[-| ]+\|$/.test(lines[n + 1] ?? '');
      if (!isHead && !/^\|[-| ]+\|$/.test(line)) blocks.push(line);
    } else if (line.startsWith('#')) {
      end();
      blocks.push(line);
    } else {
      if (line.startsWith('- ')) end();
      open += `${open ? ' ' : ''}${line.replace(/^- /, '')}`;
    }
  }
  end();
  return blocks;
}

/** A paragraph's sentences: each ends with `.` or `:` or `;` before a blank and a beginning. A row is one. */
function sentencesIn(paragraph: string): Array<{ text: string; at: number }> {
  if (paragraph.startsWith('|')) return [{ text: paragraph, at: 0 }];
  const sentences: Array<{ text: string; at: number }> = [];
  let at = 0;
  for (const { 0: stop, index } of paragraph.matchAll(/[.:](?:\*\*)? (?=[A-Z`*[])/g)) {
    // Code is not cut.
    if (paragraph.slice(0, index).split('`').length % 2 === 0) continue;
    const text = paragraph.slice(at, index + stop.length).trim();
    sentences.push({ text, at });
    at = index + stop.length;
  }
  sentences.push({ text: paragraph.slice(at), at });
  return sentences.filter(({ text }) => text.trim() !== '');
}
