/** Every sentence of the page itself, in English. What is said by others is never in here. */

export const TEXTS = {
  title: "Open what was shared with you",
  alone: "This page works on this device only. It sends nothing anywhere.",
  lockNow: "Lock now",
  locked: "Locked. Nothing of a report is on this page any more.",
  lockedIdle: "Locked, because nothing was touched for five minutes.",

  unlock: {
    heading: "Unlock your key",
    file: "Your key file",
    fileHint: "The file that was made with your keys, for instance holdfast.key or oak.key.",
    passphrase: "Your passphrase",
    show: "Show what I type",
    button: "Unlock",
    working: "Unlocking. This takes a few seconds.",
    noFile: "Choose your key file first.",
    noPassphrase: "Type your passphrase first.",
    noKey: "No key yet?",
    makeKey: "Make my keys",
    isCard: "This is a card. Choose your key file: it ends in .key.",
  },

  make: {
    heading: "Make your keys",
    explain:
      "With your keys you open what is shared with you. They are locked with a passphrase. " +
      "Nobody can bring it back, not even us.",
    offered: "These five words are a good passphrase. Write them on paper:",
    others: "Other words",
    passphrase: "Type them here, or a passphrase of your own",
    button: "Make my keys",
    working: "Making your keys. This takes a few seconds.",
    failed:
      "No keys were made. Close other programs and try again, or use a device with more memory.",
  },

  save: {
    heading: "Save your keys",
    explain: "Your keys are made, and locked. They exist on this page only, until you save them.",
    button: "Save my keys",
    file: "holdfast.key",
    then:
      "Put a copy on a stick, and lock it away, apart from the paper. Without the file and the " +
      "passphrase nobody can open what was shared with you.",
    saving: "Your browser saves them now. When that is done, go on below.",
    tryOut: "I've saved them: try them",
  },

  tryOut: {
    heading: "Try your keys",
    explain: "Choose the file that you saved, and type your passphrase.",
    button: "Try them",
    others: "These are other keys than you just made. Choose the file that you just saved.",
    never: "If they never open, make them again. Nothing is lost: nobody has your card yet.",
    again: "Save them again",
    anew: "Make other keys",
    open: "Your keys open. Now make your card.",
    gone: "If you saved your keys, unlock them here. If you didn't, they are gone: make them again.",
  },

  card: {
    heading: "Your card",
    explain:
      "Others need your card to put you on the list of readers. Nothing in it is secret. " +
      "Send it to whoever keeps the list.",
    name: "Your name on the list",
    nameHint: "Reporters choose you by it. One word, as nobody else is called.",
    about: "Who you are",
    aboutHint: "A sentence that reporters see, for instance: elected in spring, listens first.",
    mustPassOn: "The law or my office obliges me to pass on some things",
    button: "Save my card",
    words: "Read these eight words aloud to two other readers. They compare them with the list.",
    saved: "Saved. Send it to whoever keeps the list.",
  },

  choose: {
    heading: "Choose a file",
    file: "What was shared with you",
    fileHint: "A file whose name ends in .holdfast, or a file with which you join.",
    working: "Checking who sent it, and that nothing was changed.",
    card: "My card",
    isKey: "This is a key file. Choose what was shared with you.",
    isCard: "This is a card. Choose what was shared with you.",
    forgets:
      "This browser keeps nothing for this page. So it can't notice if a later report of the same " +
      "person comes from somebody else. Use another browser if you can.",
  },

  refused: "This is not opened.",
  failed: "Something went wrong that nobody had foreseen, and nothing was opened.",
  unreadable: "The file can't be read. Choose it again.",

  invitation: {
    heading: "Join with these digits",
    instruct:
      "Type them in the chat with the bot, within ten minutes of the file being made, and nowhere else.",
    account: "The account to type them from:",
    platform: "On:",
  },

  terms: {
    heading: "What you may do",
    decided: "The person who wrote this decided what you may do:",
    theirs: "In the report",
    next: "Go on",
  },

  may: {
    "act.listen": "Read and listen, nothing else. Do not act on it and do not pass it on.",
    "act.unnamed":
      "Only without naming the person who wrote this, or anybody it happened to: you may act.",
    "act.accused":
      "Only without naming the person who wrote this, or anybody it happened to: you may put it " +
      "to the person it is about.",
    "act.named": "You may act and say who wrote this.",
    contact: "You may write to the person who wrote this, through the bot.",
  } as Readonly<Record<string, string>>,

  person: {
    heading: "Who it is about",
    ask: "Is this you, or somebody close to you? Then step aside. Don't read on.",
    howTo: "How to step aside",
    steps: [
      "Close this report here, and delete the file.",
      "Tell the other readers who have it that you step aside, and give no reasons. If it was " +
        "shared with you alone, say in public that you step aside from whatever concerns that person.",
      "Ask them not to talk about it in front of you, nor to show you anything of it.",
    ],
    noCommand: "There is no command for it in the chat yet, so the bot is not told.",
    close: "Close it without reading on",
    next: "It's nobody close to me: go on",
  },

  notice: {
    heading: "Before you read",
    notice:
      "What follows may be hard to read. Choose a time when you aren't disturbed, and stop " +
      "whenever you need to.",
    noPerson:
      "This report has no part of its own about who it is about. If you find that it's you or " +
      "somebody close to you, stop there and step aside.",
    next: "Show what was told",
  },

  story: {
    heading: "What was told",
    file: "There is also a file with it. This page doesn't open it:",
    print: "Print",
    printHint: "A printed page can be read by whoever finds it.",
  },

  close: "Close this report",
  back: "Back",
};
