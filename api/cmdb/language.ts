/** The languages of messages and of the names of properties. */
export type Language = 'zh' | 'en';

/** The language that a request wants its texts in (cmdb §0). */
export function languageOf(header: (name: string) => string | undefined): Language {
  return header('http_blueking_language')?.trim().toLowerCase().startsWith('en') ? 'en' : 'zh';
}
