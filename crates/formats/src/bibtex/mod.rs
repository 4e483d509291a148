mod braces;
mod case;
mod letters;
mod markup;
mod math;
mod script;
mod tex;
