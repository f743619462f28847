export { noticeOnce, setNoticeSink } from '../context/index.js';
