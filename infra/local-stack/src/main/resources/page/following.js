/** The query part of what is followed: repeated `channel`, and `user`. */
export function query({user, channels}) {
  const parameters = new URLSearchParams(channels.map((channel) => ['channel', channel]));
  if (user) {
    parameters.append('user', user);
  }
  return parameters.toString();
}

/** The addresses that are followed: the channels, and '' for the user's own events. */
export function addressesOf({user, channels}) {
  return user ? ['', ...channels] : channels;
}
