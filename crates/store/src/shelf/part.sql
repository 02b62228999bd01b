-- Some days of one account at one level, without their words. Apart, so that the engine knows how few they are.
CREATE OR REPLACE TEMP TABLE part AS
SELECT f.day, f.about, f.family, f.rank, $figures
FROM figure f
JOIN stream s ON s.stream = f.stream AND s.active = f.generation AND s.source = $source
WHERE f.platform = $platform AND f.level = $level AND f.day BETWEEN $first AND $last AND f.day IN ($days)
  AND f.about IN (SELECT about FROM placed WHERE owner = $owner);
