// What the runtime itself takes.
console.log("0 0");
