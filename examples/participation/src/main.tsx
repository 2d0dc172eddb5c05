import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter, Route, Routes } from 'react-router';
import 'hallway-chat/define';
import { Layout } from './Layout';
import { Programme } from './Programme';
import { SessionProvider } from './session';
import { TalkPage } from './TalkPage';
import './style.css';

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <SessionProvider>
      <BrowserRouter>
        <Routes>
          <Route element={<Layout />}>
            <Route index element={<Programme />} />
            <Route path="talks/:id" element={<TalkPage />} />
            <Route path="*" element={<Programme />} />
          </Route>
        </Routes>
      </BrowserRouter>
    </SessionProvider>
  </StrictMode>,
);
