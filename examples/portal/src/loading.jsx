import { useEffect, useState } from 'react'

/** What `load` gives, loaded again when `inputs` change or on `again()`; `shown` renders it, or what is there instead. */
export function useLoaded(load, inputs) {
  const [state, set] = useState({ isLoading: true })
  const [turn, again] = useState(0)
  useEffect(() => {
    let isWanted = true
    load().then(
      (value) => isWanted && set({ value }),
      (error) => isWanted && set({ error }),
    )
    return () => (isWanted = false)
  }, [...inputs, turn])
  const shown = (render) =>
    state.isLoading ? <p aria-busy="true">One moment…</p> : state.error ? <Trouble error={state.error} /> : render()
  return { ...state, shown, again: () => again((n) => n + 1) }
}

export const Trouble = ({ error }) => <p role="alert">{error.message}</p>

/** A form whose refusals stand at the fields that they are about. */
export function Form({ label, fields, send, children }) {
  const [error, set] = useState(null)
  const [isSending, sending] = useState(false)
  const submit = async (event) => {
    event.preventDefault()
    sending(true)
    set(null)
    try {
      await send(Object.fromEntries([...new FormData(event.target)].filter(([, text]) => text)))
    } catch (refused) {
      set(refused)
    } finally {
      sending(false)
    }
  }
  const placed = Object.keys(fields).filter((name) => error?.fields?.[name])
  return (
    <form onSubmit={submit} noValidate>
      {Object.entries(fields).map(([name, title]) => (
        <label key={name}>
          {title}
          <input name={name} aria-invalid={placed.includes(name) || undefined} aria-describedby={`${name}-refused`} />
          <small id={`${name}-refused`}>{error?.fields?.[name]}</small>
        </label>
      ))}
      {children}
      <button disabled={isSending}>{label}</button>
      {error && !placed.length && <Trouble error={error} />}
    </form>
  )
}
