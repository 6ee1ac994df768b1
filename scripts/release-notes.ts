/** What names the version of a release. */
export interface Release {
  /** As `v1.2.3`. */
  tag: string;
  /** Of `package.json`. */
  version: string;
  /** Of `package-lock.json`. */
  lockVersion: string;
  /** Of each package under `packages/`, by its folder. */
  packageVersions: Record<string, string>;
  changelog: string;
}

/** The changelog's section of the release. Throws a sentence where tag, package, lock file and changelog disagree. */
export function releaseNotes({ tag, version, lockVersion, packageVersions, changelog }: Release): string {
  if (!/^v\d+\.\d+\.\d+$/.test(tag)) throw new Error(`The tag ${tag || '(none)'} must look like v1.2.3.`);
  if (tag !== `v${version}`) throw new Error(`The tag ${tag} is not the version ${version} of package.json.`);
  if (lockVersion !== version)
    throw new Error(
      `package-lock.json has version ${lockVersion}, package.json ${version}: run npm install.`,
    );
  for (const [folder, other] of Object.entries(packageVersions)) {
    if (other !== version)
      throw new Error(`packages/${folder} has version ${other}, package.json ${version}.`);
  }
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  if (!section) throw new Error(`CHANGELOG.md has no section [${version}].`);
  const [heading = '', ...lines] = section.split('\n');
  if (!/^\[[^\]]+\] - \d{4}-\d{2}-\d{2}$/.test(heading.trim()))
    throw new Error(
      `The section [${version}] of CHANGELOG.md must carry its date, as "## [${version}] - 2026-01-31".`,
    );
  const notes = lines.join('\n').trim();
  if (!notes) throw new Error(`The section [${version}] of CHANGELOG.md is empty.`);
  return notes;
}
