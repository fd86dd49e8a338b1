import { useEffect, useState } from 'react'
import { toJson, toText, type UnsavedWork } from './unsaved-work'

/** For where nothing can be copied. */
export function DownloadWork({ work }: { work: UnsavedWork }) {
  return (
    <>
      <Download name="unsaved-work.txt" type="text/plain" content={toText(work)} label="Download as text" />
      <Download
        name="unsaved-work.json"
        type="application/json"
        content={toJson(work)}
        label="Download as JSON"
      />
    </>
  )
}

interface DownloadProps {
  name: string
  type: string
  content: string
  label: string
}

function Download({ name, type, content, label }: DownloadProps) {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([content], { type }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [content, type])
  return (
    <a className="stale-session-download" data-testid="stale-session-download" href={url} download={name}>
      {label}
    </a>
  )
}
