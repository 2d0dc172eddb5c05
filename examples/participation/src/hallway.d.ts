// The types of <hallway-chat> in JSX. React sets the element's properties, and adds listeners for on….

import type { HallwayChat, HallwayChatEventMap } from 'hallway-chat';
import type { HTMLAttributes, Ref } from 'react';

type Properties = Partial<Pick<HallwayChat, 'relay' | 'room' | 'offline' | 'theme' | 'open' | 'getToken'>>;
type Listeners = { [E in keyof HallwayChatEventMap as `on${E}`]?: (event: HallwayChatEventMap[E]) => void };

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'hallway-chat': HTMLAttributes<HallwayChat> & Properties & Listeners & { ref?: Ref<HallwayChat> };
    }
  }
}
