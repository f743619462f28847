/** Words that messages of servers are made of: that one of them is a prompt too tells nothing, and without it nobody understands the message. */
const COMMON: ReadonlySet<string> = new Set(
  `a about after all allowed already an and api are argument array at auth available bad batch be been before body boolean by bytes
  call cannot chat check client code completion config connection content context could count data datatype denied device did does
  engine empty enough error errors exceeded exceeds exception exist exists expected fail failed failing fails failure field file for
  forbidden format found from gateway generate given got greater has have header http id in inference input inputs instance integer
  internal invalid is it its json key large length less limit list load loaded loading long longer malformed max maximum memory message
  messages method min minimum missing model models more must name no none not null number object of on only or out output outputs
  overloaded parameter parse parser path please prompt provide provided queue quota range rate read reason received refused request
  requests required response role same schema see server service shape shown should size state status stop stream string support
  supported system task temporarily temperature tensor text than that the this time timed timeout to token tokens tool tools too try
  type unable unauthorized unavailable unexpected unknown unsupported url usage use used user valid value values version was were
  when which while will with without words wrong you your zero`.split(/\s+/),
);

/** Whether a text has nothing but such words. */
export function isCommon(text: string): boolean {
  return (
    /^[a-z ]+$/i.test(text) &&
    text
      .trim()
      .split(/ +/)
      .every((word) => COMMON.has(word.toLowerCase()))
  );
}
