import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter, Route, Routes } from 'react-router';
import { Desk } from './Desk';
import { RoomPage } from './RoomPage';
import { SessionProvider } from './session';
import './style.css';

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <SessionProvider>
      <BrowserRouter>
        <Routes>
          <Route element={<Desk />}>
            <Route index element={<p className="nothing">Choose a room.</p>} />
            <Route path="rooms/:room" element={<RoomPage />} />
            <Route path="*" element={<p className="nothing">There is no such page.</p>} />
          </Route>
        </Routes>
      </BrowserRouter>
    </SessionProvider>
  </StrictMode>,
);
