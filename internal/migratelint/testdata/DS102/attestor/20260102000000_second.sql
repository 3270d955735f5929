DROP TABLE attestor.kinds;
