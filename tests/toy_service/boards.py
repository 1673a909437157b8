from community_portal.measure.boards import Board, Column, SplitChart, Tile, register_board

register_board(
    Board(
        name="loans",
        label="助行器",
        tiles=(Tile("loans_asked", lambda of: f"送到 {of('loans_brought')} 件"),),
        charts=(SplitChart("借什么？", "loans_asked", "最多的是%(name)s，占 %(share)s", "没有人借。"),),
        columns=(Column("loans_asked", "申请"), Column("loans_brought", "送到")),
    )
)
