// Mistakes that a machine can see in the pages and their tests: names that are not there or are not used, and ways in which text
// could become markup or code.
import js from '@eslint/js';
import globals from 'globals';

const strict = {
  ...js.configs.recommended.rules,
  eqeqeq: 'error',
  // lib/text.js is about them.
  'no-control-regex': 'off',
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-new-func': 'error',
  'no-shadow': 'error',
  'no-undef': 'error',
  'no-unused-vars': ['error', {argsIgnorePattern: '^_', varsIgnorePattern: '^_'}],
  'no-restricted-properties': ['error', ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'dangerouslySetInnerHTML'].map((property) => ({property}))],
  'no-var': 'error',
  'prefer-const': 'error',
};

export default [
  {files: ['services/registry/dashboard/web/**/*.js'], languageOptions: {globals: globals.browser}, rules: strict},
  {files: ['tests/load/**/*.js'], ignores: ['tests/load/lib/filter_pages.js'], languageOptions: {globals: globals.node}, rules: strict},
  {files: ['tests/dashboard/**/*.js', 'tests/load/lib/filter_pages.js'], languageOptions: {globals: {...globals.browser, ...globals.node}}, rules: {...strict, 'no-shadow': 'off'}},
];
