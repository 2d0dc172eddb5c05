// Importing this module registers <hallway-chat>.

import { define } from './index.js';

define();
