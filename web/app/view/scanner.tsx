import { useEffect, useRef, useState } from 'preact/hooks';
import { Dialog } from '../../shared/dialog';
import { codeIn } from '../state/code';

interface Detector {
  detect(source: HTMLVideoElement): Promise<Array<{ rawValue: string }>>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

const detectorClass = () => (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;

/** Whether this browser can read a QR code with its camera. */
export function canScan(): boolean {
  return detectorClass() !== undefined && !!navigator.mediaDevices?.getUserMedia;
}

/** Reads the QR code of a code's link. */
export function Scanner({ onCode, onClose }: { onCode(code: string): void; onClose(): void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const detector = new (detectorClass()!)({ formats: ['qr_code'] });
    const look = async () => {
      const found = await detector.detect(video.current!).catch(() => []);
      const code = found.map(({ rawValue }) => codeIn(rawValue)).find((read) => read !== undefined);
      if (code) onCode(code);
      else if (!isOver) timer = setTimeout(look, 200);
    };
    const start = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      if (isOver) return stop();
      video.current!.srcObject = stream;
      await video.current!.play();
      await look();
    };
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    start().catch(() => setProblem('The camera cannot be used. Type the code instead.'));
    return () => {
      isOver = true;
      clearTimeout(timer);
      stop();
    };
  }, []);
  return (
    <Dialog id="scanner" title="Point at the QR code" small onClose={onClose}>
      <video ref={video} class="camera" playsInline muted />
      {problem && (
        <p class="notice" data-tone="bad">
          {problem}
        </p>
      )}
    </Dialog>
  );
}
