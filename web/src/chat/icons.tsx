// The few signs of the page, drawn with lines in the colour of the text beside them. They say nothing to a screen
// reader: the buttons around them have names.

const shapes = {
  attach:
    "M21 11.5l-8.5 8.5a5.5 5.5 0 0 1-7.8-7.8L13.4 3.600a3.700 3.700 0 0 1 5.200 5.200L10 17.400a1.800 1.800 0 0 1-2.600-2.600l7.900-7.900",
  close: "M6 6l12 12M18 6L6 18",
  down: "M12 5v14M6 13l6 6 6-6",
  menu: "M4 7h16M4 12h16M4 17h16",
  new: "M12 5v14M5 12h14",
  send: "M12 20V5M6 11l6-6 6 6",
  stop: "M8 8h8v8H8z",
} as const;

export function Icon({ name }: { readonly name: keyof typeof shapes }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}
