// What the chat shows. What others wrote is set as text, always: markup in it stays what it is, characters.

const LINES = 500; // a chat that runs for days must not fill the memory
const NAMES = 50; // and a crowd is a number

export const element = (id) => document.getElementById(id);

/** An element with text in it. */
export function make(tag, text = '', className = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Puts a new line at the end of a list. */
export function append(list, line, limit) {
  keepAtEnd(list, () => {
    list.append(line);
    while (list.childElementCount > limit) list.firstElementChild.remove();
  });
}

/** A list whose end is seen goes on to show its end. A list that a person has scrolled up stays where it is. */
function keepAtEnd(list, change) {
  const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 8;
  change();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

/** A line of the chat: what happened, or what somebody said. */
export function say(text, className = '', who = '') {
  const line = make('li', '', className);
  if (who) line.append(make('span', `${who}: `, 'who'));
  line.append(make('span', text, 'text'));
  append(element('log'), line, LINES);
  return line;
}

/** One of our own messages, with what became of it. */
export function sayMine(text) {
  const line = say(text, 'own', 'You');
  const fate = make('small');
  line.append(fate);
  return {
    /** `pending`, `acked` or `failed`. */
    state(state, words) {
      line.dataset.state = state;
      keepAtEnd(element('log'), () => {
        fate.textContent = words;
      });
    },
    offer(words, onClick) {
      const button = make('button', words);
      button.type = 'button';
      button.addEventListener('click', () => {
        line.remove();
        onClick();
      });
      keepAtEnd(element('log'), () => line.append(button));
    },
  };
}

export function showPeople(people, count) {
  element('count').textContent = count;
  const sorted = people.toSorted((one, other) => one.localeCompare(other));
  const names = sorted.slice(0, NAMES).map((name) => make('li', name));
  if (count > names.length) names.push(make('li', `and ${count - names.length} more`, 'hint'));
  element('people').replaceChildren(...names);
}

export function showRooms(rooms, current, onEnter) {
  const items = rooms.map((room) => {
    const button = make('button', room);
    button.type = 'button';
    button.setAttribute('aria-pressed', room === current);
    button.addEventListener('click', () => onEnter(room));
    const item = make('li');
    item.append(button);
    return item;
  });
  element('rooms').replaceChildren(...(items.length ? items : [make('li', 'none', 'hint')]));
}

export function showTyping(names) {
  const who = names.length > 3 ? 'several people' : names.join(', ');
  element('typing').textContent = who && `${who} ${names.length > 1 ? 'are' : 'is'} typing …`;
}

export function showState(state, text = state) {
  element('state').dataset.state = state;
  element('state').textContent = text;
}

/** What is said about something else than the room: until the next one. */
export function notice(text) {
  element('notice').textContent = text;
}
