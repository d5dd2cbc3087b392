"""Records as a table: Arrow, polars, pandas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from connectapi.errors import ConfigError
from connectapi.resource.record import Record

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Tabular"]


class Tabular:
    """What can be had as a table: a column a field, in order, with the field's type even if there is no row.

    Times are in UTC. What a server sends beside the declared fields is in no column; `dicts()` has it.
    """

    __slots__ = ()

    def _rows(self) -> Iterator[Sequence[Any]]:
        """Yield the rows, some at a time: records, or what has their fields as attributes."""
        raise NotImplementedError

    def _record(self) -> type[Record] | None:
        """Return the class of the rows, if there is one."""
        raise NotImplementedError

    def to_arrow(self, *, nested: Literal["struct", "dotted"] = "struct", secrets: bool = False) -> pyarrow.Table:
        """Return the records as a table of Apache Arrow.

        Args:
            nested: what becomes of an object in a field: one column of structs, or a column for each
                of its fields, called `owner.username`.
            secrets: whether secret fields are shown; they are masked otherwise.

        Raises:
            ConfigError: pyarrow is not installed.
            DecodeError: a page can't be read.
            TypeError: what was read is not made of records.
            ValueError: a value does not fit its column, such as a number of more than 64 bits.

        Example:
            >>> from connectapi import Client, User
            >>> User.get(Client("demo")).to_arrow().column("created_time").type
            TimestampType(timestamp[us, tz=UTC])
        """
        from connectapi.query.columns import arrow, batch, schema

        if nested not in {"struct", "dotted"}:
            msg = f"nested: expected 'struct' or 'dotted', found {nested!r}"
            raise ValueError(msg)
        cls = self._record()
        if cls is None:
            msg = "only records have columns, and it is not known of which kind these are"
            raise TypeError(msg)
        batches = [batch(cls, rows, secrets=secrets) for rows in self._rows()]
        table = arrow().Table.from_batches(batches, schema=schema(cls))
        while nested == "dotted" and any(arrow().types.is_struct(each) for each in table.schema.types):
            table = table.flatten()
        return table

    def to_polars(self, *, nested: Literal["struct", "dotted"] = "struct", secrets: bool = False) -> polars.DataFrame:
        """Return the records as a data frame of polars; arguments and errors as `to_arrow`.

        Example:
            >>> from connectapi import Client, User
            >>> User.iter(Client("demo"), user_role=["viewer"]).to_polars()["user_role"].unique().to_list()
            ['viewer']
        """
        try:
            import polars
        except ModuleNotFoundError as error:
            msg = "a data frame of polars needs polars: pip install 'connectapi[data]'"
            raise ConfigError(msg) from error
        frame = polars.from_arrow(self.to_arrow(nested=nested, secrets=secrets))
        assert isinstance(frame, polars.DataFrame)  # noqa: S101 -- a table gives no series
        return frame

    def to_pandas(self, *, nested: Literal["struct", "dotted"] = "struct", secrets: bool = False) -> pandas.DataFrame:
        """Return the records as a data frame of pandas; arguments and errors as `to_arrow`.

        Whole numbers and truth values have pandas' nullable types, so that null makes nothing else of
        them.

        Example:
            >>> from connectapi import Client, Content
            >>> Content.get(Client("demo")).to_pandas()["max_processes"].dtype
            Int64Dtype()
        """
        try:
            import pandas
        except ModuleNotFoundError as error:
            msg = "a data frame of pandas needs pandas: pip install pandas"
            raise ConfigError(msg) from error
        table = self.to_arrow(nested=nested, secrets=secrets)
        from connectapi.query.columns import arrow

        types = {arrow().int64(): pandas.Int64Dtype(), arrow().bool_(): pandas.BooleanDtype()}
        return table.to_pandas(types_mapper=types.get)
