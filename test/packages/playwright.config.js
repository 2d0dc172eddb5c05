import browser from '../browser/playwright.config.js';

export default {
  ...browser,
  testIgnore: '**/.build/**',
  timeout: 120_000, // includes the time in which a development server builds, at its first request
};
