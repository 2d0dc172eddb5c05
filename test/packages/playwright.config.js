import browser from '../browser/playwright.config.js';

export default {
  ...browser,
  testIgnore: '**/.build/**',
  timeout: 120_000, // development servers build at the first request
};
