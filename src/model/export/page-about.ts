/** What a page says of its model; it is read by `web/page.tsx`. */
export interface PageAbout {
  readonly name: string;
  readonly corpus: string;
  readonly version: string;
  readonly precision: 'f16' | 'f32';
}
