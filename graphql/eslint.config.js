import appsync from '@aws-appsync/eslint-plugin';
import parser from '@typescript-eslint/parser';

/** AppSync's runtime is a language of its own; only its plugin knows what it lacks. */
export default [
  {
    files: ['**/*.ts'],
    languageOptions: {
      parser,
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
  },
  { files: ['**/*.ts'], ...appsync.configs.recommended },
];
