'use client';
// <hallway-chat> for React: attributes and properties are props, `hallway-…` events are on… props. Importing it registers the
// element in a browser and does nothing on a server.

import { createComponent } from '@lit/react';
import * as React from 'react';
import { define, HallwayChat as Element } from './index.js';

define();

export const HallwayChat = createComponent({
  react: React,
  tagName: 'hallway-chat',
  elementClass: Element,
  displayName: 'HallwayChat',
  events: {
    onStatus: 'hallway-status',
    onMessage: 'hallway-message',
    onUnread: 'hallway-unread',
    onMention: 'hallway-mention',
    onReports: 'hallway-reports',
    onError: 'hallway-error',
    onExit: 'hallway-exit',
  },
});
