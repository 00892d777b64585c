/** An answer with everything Markdown can bring, harmless and not, to look at and to test against. */
export const longAnswer = `## What the survey found

The survey found **twenty-three cairns** on the eastern ridge [1]. The old road runs *forty metres north* of where the county map draws it [2]. None of this was known before the season began.

1. Cairns, nineteen of them unknown to earlier surveys [1].
2. A road in the wrong place:
   - north of Barman
   - south of the toll house

| Town | Inhabitants | Height | Known for | First mentioned | Market | Parish | River |
| --- | ---: | ---: | --- | --- | --- | --- | --- |
| Barman | 782 | 812 m | its market | 1211 | first Tuesday | St Olwen | Ister |
| Wilsek | 1,340 | 655 m | pianos | 1304 | every Saturday | St Marn | Ister |

The area of a cairn of radius $r$ is $A = \\pi r^2$, and over all of them

$$\\sum_{i=1}^{23} \\pi r_i^2 \\approx 214\\,\\text{m}^2$$

\`\`\`python
def area(radius: float) -> float:
    """Square metres."""
    return math.pi * radius ** 2  # a comment that is long enough to make the line scroll sideways in a narrow window
\`\`\`

> The stones were carried from the river bed.

See the [county archive](https://archive.example.org/cairns?id=23) for the drawings.

![a map](https://tracker.example.net/pixel.png)

<script>alert("no")</script><b>raw markup</b> stays text.`;
