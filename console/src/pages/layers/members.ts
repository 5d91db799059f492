/** The address of the customer list that shows the people of a layer. */
export function membersOf(model: string, layer: string): string {
  return `/customers?condition=${encodeURIComponent(JSON.stringify({ layer: model, in: [layer] }))}`
}
